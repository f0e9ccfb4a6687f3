import { describe, expect, it } from 'vitest';
import { renderErrorsPage } from '#infra/docs/render-errors-page.ts';
import { errorCatalogue } from '#shared/errors/error-catalogue.ts';

describe('renderErrorsPage', () => {
  it('has every code of the catalogue', () => {
    const page = renderErrorsPage(errorCatalogue);
    for (const [code, { status }] of Object.entries(errorCatalogue))
      expect(page).toContain(`| ${status} | \`${code}\` |`);
  });
});
