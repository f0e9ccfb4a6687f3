import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';

/** Hashed in a key's place; no key has this form. */
const purpose = 'hintrank pepper 1';

/** 64 bits: enough to tell the few peppers of a deployment apart. */
const idDigits = 16;

/** Which pepper a stored hash was made with, hex: by it keys are counted that need a pepper still. It says no more of the pepper than a key's hash does. */
export async function pepperId(pepper: string): Promise<string> {
  return (await hashApiKey(pepper, purpose)).slice(0, idDigits);
}
