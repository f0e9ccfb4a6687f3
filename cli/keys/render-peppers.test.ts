import { describe, expect, it } from 'vitest';
import { renderPeppers } from '#cli/keys/render-peppers.ts';

describe('renderPeppers', () => {
  it('says when the other peppers can go', () => {
    expect(renderPeppers({ counts: [1_200, 0], unnamed: 0, foreign: 0, waiting: [] })).toBe(
      [
        'live keys',
        '    1,200  under pepper 1 of 2, which new keys get',
        '        0  under pepper 2 of 2',
        'All keys are under the first pepper; no other is needed.\n',
      ].join('\n'),
    );
  });

  it('says of one pepper alone whether all keys are under it', () => {
    const text = renderPeppers({ counts: [3], unnamed: 0, foreign: 0, waiting: [] });
    expect(text).toContain('All keys are under the first pepper; no other is needed.\n');
  });

  it('counts keys that no row names or no pepper of the setting knows as waiting, and names the oldest', () => {
    const waiting = [{ id: 'key_1', tenant_id: 'acme', name: 'back\u001b[31mend' }];
    expect(renderPeppers({ counts: [1, 2], unnamed: 3, foreign: 4, waiting })).toBe(
      [
        'live keys',
        '        1  under pepper 1 of 2, which new keys get',
        '        2  under pepper 2 of 2',
        '        3  under a pepper that their row does not name yet',
        '        4  under a pepper that API_KEY_PEPPER does not have',
        'Not under the first pepper: 9. Each moves there when it is next used. The oldest 1:',
        'key_1  acme  backend\n',
      ].join('\n'),
    );
  });
});
