/** The same values as in the bindings of vitest.config.ts. */
export const testSigningKey = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
export const testPepper = 'a pepper for tests of 32 characters or more';
