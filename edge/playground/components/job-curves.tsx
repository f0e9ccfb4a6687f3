import { useEffect, useState } from 'preact/hooks';
import type { ApiPorts } from '#edge/playground/api/call-api.ts';
import type { Fault } from '#edge/playground/api/fault.ts';
import { CurveChart } from '#edge/playground/components/curve-chart.tsx';
import { FaultNotice } from '#edge/playground/components/fault-notice.tsx';
import { collectCurves } from '#edge/playground/training/collect-curves.ts';
import { followEvents } from '#edge/playground/training/follow-events.ts';
import type { TrainingEventData } from '#shared/protocol/training-events.ts';

export interface JobCurvesProps {
  readonly jobId: string;
  readonly ports: ApiPorts;
  readonly apiKey: string;
}

/** Loss and dev metric of a job; they grow while it runs and the card is open. */
export function JobCurves({ jobId, ports, apiKey }: JobCurvesProps) {
  const [events, setEvents] = useState<readonly TrainingEventData[]>([]);
  const [fault, setFault] = useState<Fault | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const onEvents = (more: readonly TrainingEventData[]) => setEvents((known) => [...known, ...more]);
    void followEvents(ports, { jobId, key: apiKey, signal, onEvents }).then((end) => {
      if (!signal.aborted) setFault(end);
    });
    return () => controller.abort();
  }, [jobId, ports, apiKey]);
  const { loss, dev, base, steps } = collectCurves(events);
  return (
    <>
      {fault !== null && <FaultNotice fault={fault} />}
      {loss.length + dev.length === 0 ? (
        <p>No curve yet: no step has been told of.</p>
      ) : (
        <div class="charts">
          <CurveChart title="Loss" points={loss} base={null} steps={steps} />
          <CurveChart title="nDCG@10 on the dev queries" points={dev} base={base} steps={steps} />
        </div>
      )}
    </>
  );
}
