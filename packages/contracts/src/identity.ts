/** The header that carries the signed internal identity from one process to another. */
export const IDENTITY_HEADER = 'x-creatorr-identity';
/** On an answer that refuses the calling process and not the user whom it speaks for. */
export const IDENTITY_REFUSED_HEADER = 'x-creatorr-identity-refused';
export const INTERNAL_AUDIENCE = 'creatorr-internal';
export const REQUEST_ID_HEADER = 'x-request-id';

/** `iss` and `aud` of user tokens. */
export const TOKEN_ISSUER = 'creatorr-auth';
export const TOKEN_AUDIENCE = 'creatorr-api';
