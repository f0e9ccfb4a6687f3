import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { countKeysByPepper } from '#cli/keys/count-keys-by-pepper.ts';
import { deploymentFlags, openKeyDatabase } from '#cli/keys/open-key-database.ts';
import { renderPeppers } from '#cli/keys/render-peppers.ts';

/** `hintrank key peppers`: how many keys of all tenants still need a pepper that is to go. */
export const keyPeppersCommand = defineCommand({
  meta: { name: 'key peppers', description: 'Count the API keys under each pepper, to see when an old one can go' },
  args: {
    database: {
      type: 'string',
      required: true,
      valueHint: 'local|remote',
      description: "The local stack's database, or with wrangler the deployment's",
    },
    ...deploymentFlags,
    json: { type: 'boolean', description: 'Print the counts as JSON' },
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const counted = await countKeysByPepper(await openKeyDatabase(args, io.signal), Date.now());
    await io.print(args.json === true ? `${JSON.stringify(counted, null, 2)}\n` : renderPeppers(counted));
  },
});
