/** The header that carries the signed internal identity from one process to another. */
export const IDENTITY_HEADER = 'x-creatorr-identity';
export const INTERNAL_AUDIENCE = 'creatorr-internal';
export const REQUEST_ID_HEADER = 'x-request-id';

/** `iss` and `aud` of user tokens. */
export const TOKEN_ISSUER = 'creatorr-auth';
export const TOKEN_AUDIENCE = 'creatorr-api';
