import { defineCommand } from 'citty';
import { readHardwareProfile } from '#cli/capacity-plan/hardware/read-hardware-profile.ts';
import { scaleToModel } from '#cli/capacity-plan/hardware/scale-to-model.ts';
import { parsePlanFlags, planFlags } from '#cli/capacity-plan/plan-flags.ts';
import { planCapacity } from '#cli/capacity-plan/planning/plan-capacity.ts';
import { renderPlan } from '#cli/capacity-plan/render-plan.ts';
import { renderPlanJson } from '#cli/capacity-plan/render-plan-json.ts';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseNumber } from '#cli/command-line/parse-values.ts';

/** `hintrank plan`: workers, memory, cost and latencies for a load, by a simulation; needs neither a service nor a model. */
export const planCommand = defineCommand({
  meta: {
    name: 'plan',
    description:
      'Workers, memory, cost and expected latencies for a load, by simulating the queue of measured hardware',
  },
  args: planFlags,
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const parsed = parsePlanFlags(args);
    const profile = await readHardwareProfile(args.hardware);
    const scaled = args.model === undefined ? profile : scaleToModel(profile, args.model);
    const price = args['price-per-hour'];
    const pricePerHour = price === undefined ? scaled.pricePerHour : parseNumber('price-per-hour', price, 0, 1_000_000);
    const needs = { ...parsed, hardware: { ...scaled, pricePerHour } };
    const plan = planCapacity(needs);
    await io.print(args.json === true ? renderPlanJson(plan, needs) : renderPlan(plan, needs));
  },
});
