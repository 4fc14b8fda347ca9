/** Header with the signed internal identity of a call between processes. */
export const IDENTITY_HEADER = 'x-creatorr-identity';
/** Header of a response that refuses the calling process, not the user it acts for. */
export const IDENTITY_REFUSED_HEADER = 'x-creatorr-identity-refused';
export const INTERNAL_AUDIENCE = 'creatorr-internal';
export const REQUEST_ID_HEADER = 'x-request-id';

/** `iss` and `aud` of user tokens. */
export const TOKEN_ISSUER = 'creatorr-auth';
export const TOKEN_AUDIENCE = 'creatorr-api';
