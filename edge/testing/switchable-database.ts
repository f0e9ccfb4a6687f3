import { env } from 'cloudflare:workers';

/** The real D1, until `state.down` is set: then every use of it fails. */
export function createSwitchableDatabase() {
  const state = { down: false };
  const database = new Proxy(env.DB, {
    get: (target, name) => {
      if (state.down) throw new Error('D1_ERROR: no answer');
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { database, state };
}
