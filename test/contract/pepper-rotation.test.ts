import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pepperRotationSteps } from '#edge/testing/pepper-rotation-steps.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

it('the runbook rotates the pepper by the steps that edge/api-keys/pepper-rotation.test.ts takes', () => {
  const runbook = readFileSync(join(repositoryFolder, 'infra/runbooks/key-leak.md'), 'utf8');
  const steps = runbook.matchAll(/^npx wrangler secret put API_KEY_PEPPER --env production <<< "([^"]+)"/gm);
  expect([...steps].map(([, peppers]) => peppers)).toEqual([...pepperRotationSteps]);
});
