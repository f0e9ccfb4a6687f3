import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStartOptions, startHelp } from '#infra/local/start-options.ts';

describe('parseStartOptions', () => {
  it('needs no option', () => {
    expect(parseStartOptions([])).toEqual({
      port: 8787,
      workers: 1,
      precision: 'auto',
      training: true,
      model: undefined,
      stateFolder: join(import.meta.dirname, '..', '..', '.hintrank'),
      tracing: {},
      requestLog: 'faults',
      once: false,
      help: false,
    });
  });

  it('reads every option that the help names', () => {
    const args = '--once --port 0 --workers 3 --precision fp32 --no-training --model m.gguf --state there --help'.split(
      ' ',
    );
    for (const option of args.filter((arg) => arg.startsWith('--'))) expect(startHelp).toContain(`  ${option} `);
    expect(parseStartOptions(args)).toEqual({
      port: 0,
      workers: 3,
      precision: 'fp32',
      training: false,
      model: 'm.gguf',
      stateFolder: 'there',
      tracing: {},
      requestLog: 'faults',
      once: true,
      help: true,
    });
  });

  it('hands the settings of traces on, and no other variable', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
    const others = { OTEL_TRACES_SAMPLER: '', OTEL_SERVICE_NAME: 'mine', PATH: '/bin' };
    expect(parseStartOptions([], { ...endpoint, ...others }).tracing).toEqual(endpoint);
  });

  it('writes a line for each request where REQUEST_LOG says so', () => {
    expect(parseStartOptions([], { REQUEST_LOG: 'all' }).requestLog).toBe('all');
  });

  it('keeps everything in HINTRANK_HOME where that is set and no folder is named', () => {
    expect(parseStartOptions([], { HINTRANK_HOME: '/home/h' }).stateFolder).toBe('/home/h');
    expect(parseStartOptions(['--state', '/s'], { HINTRANK_HOME: '/home/h' }).stateFolder).toBe('/s');
  });

  it.each([
    [['--port', '65536'], '--port is "65536"; it must be a whole number from 0 to 65535.'],
    [['--port', '1e3'], '--port is "1e3"; it must be a whole number from 0 to 65535.'],
    [['--workers', '0'], '--workers is "0"; it must be a whole number from 1 to 64.'],
    [['--precision', 'int4'], '--precision is "int4"; it can be auto, int8 or fp32.'],
    [['--prot', '1'], "Unknown option '--prot'. See npm start -- --help."],
  ])('refuses %j', (args, message) => {
    expect(() => parseStartOptions(args)).toThrow(message);
  });
});
