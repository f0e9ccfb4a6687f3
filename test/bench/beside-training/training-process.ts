import { readFileSync } from 'node:fs';

/** Processor time of the system's clock, of which Linux shows 100 ticks a second to every program. */
const ticksPerSecond = 100;

/** The process that trains a worker's job. Linux only. */
export interface TrainingProcess {
  /** Seconds of processor time that all its threads have used, to a hundredth. */
  processorSeconds(): number;
  /** Takes the processor from it, as if there were no job: a stopped process uses none, and touches no memory. */
  pause(): void;
  goOn(): void;
}

export function watchTrainingProcess(processId: number): TrainingProcess {
  return {
    processorSeconds() {
      // Behind the command's name, which may hold anything: state is the first field, user and system time the 12th and 13th.
      const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    },
    pause: () => void process.kill(processId, 'SIGSTOP'),
    goOn: () => void process.kill(processId, 'SIGCONT'),
  };
}
