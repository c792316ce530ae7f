// The SHA-256 of the public keys that sign tokens. The server writes them here,
// so that they are part of what the name of this file is made of.
export const fingerprints = [];
