import { listTokensSql } from '../../../apps/query/src/list-tokens/list-tokens.sql.js';
import { SHORT } from '../../../apps/query/src/reading/snapshot.sql.js';
import type { Asked } from './asked.js';
import type { Explainer } from './explainer.js';
import { TABLES, type PlanNode } from './plan.js';

/** How a list request was carried out. */
export interface ListPlan {
  readonly asked: Asked;
  /** Of the prepared statement; undefined where it was planned for its values. */
  readonly name: string | undefined;
  readonly plan: PlanNode;
}

export async function plansOf(explainer: Explainer, requests: readonly Asked[]): Promise<ListPlan[]> {
  const plans: ListPlan[] = [];
  for (const asked of requests) {
    const statement = listTokensSql(TABLES, asked.request, asked.customers, SHORT, asked.from);
    plans.push({ asked, name: statement.name, plan: await explainer.explain(statement) });
  }
  return plans;
}

/** What is wrong with the plans, some of it: of a fault that all of them have one would read thousands of lines. */
export function faults<Plan extends ListPlan>(
  plans: readonly Plan[],
  faultsOf: (plan: Plan) => readonly string[],
): string[] {
  const found = plans.flatMap((plan) => faultsOf(plan).map((fault) => `${requestText(plan.asked)}: ${fault}`));
  return found.slice(0, 10);
}

/** At most so much of something. */
export function atMost(what: string, found: number, most: number): string[] {
  return found > most ? [`${what} ${Math.round(found)} rows where ${most} are the most`] : [];
}

function requestText({ request, customers, from }: Asked): string {
  const shown = customers && customers.length > 5 ? `${customers.length} customers` : customers;
  return JSON.stringify({ ...request, customers: shown, from });
}
