/** A D1 that fails every statement. */
export const downDatabase = {
  prepare: () => {
    throw new Error('D1_ERROR: no answer');
  },
} as unknown as D1Database;
