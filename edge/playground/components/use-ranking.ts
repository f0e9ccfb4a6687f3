import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import type { Fault } from '#edge/playground/api/fault.ts';
import { type RankingForm, runRanking, type ShownRanking } from '#edge/playground/ranking/run-ranking.ts';

export interface RankingState {
  readonly busy: boolean;
  readonly fault: Fault | null;
  /** The last that was answered; stays while a newer one is asked for. */
  readonly ranking: ShownRanking | null;
}

/** The newest request's state, and a function that sends another; it calls the one before off. */
export function useRanking(ports: ApiPorts): [RankingState, (key: string, form: RankingForm) => void] {
  const [state, setState] = useState<RankingState>({ busy: false, fault: null, ranking: null });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const rank = useCallback(
    async (key: string, form: RankingForm) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      setState(({ ranking }) => ({ busy: true, fault: null, ranking }));
      const outcome = await runRanking(ports, key, form, controller.signal);
      if (controller.signal.aborted || outcome.kind === 'left') return;
      if (outcome.kind === 'fault') setState({ busy: false, fault: outcome.fault, ranking: null });
      else setState({ busy: false, fault: null, ranking: outcome.ranking });
    },
    [ports],
  );
  return [state, (key, form) => void rank(key, form)];
}
