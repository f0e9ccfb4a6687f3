import type { Fault } from '#edge/playground/api/fault.ts';

/** What went wrong, read out when it appears. */
export function FaultNotice({ fault }: { readonly fault: Fault }) {
  return (
    <section class="notice" role="alert">
      <h2>{fault.title}</h2>
      <p>{fault.message}</p>
      {fault.advice !== '' && <p>{fault.advice}</p>}
    </section>
  );
}
