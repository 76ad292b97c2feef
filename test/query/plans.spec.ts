import { createDatabase } from '../support/database.js';
import { cursors, dates, farPages, matrix, otherFilters, searches, type Asked } from './plans/asked.js';
import { countedTwice } from './plans/counted-twice.js';
import { Explainer } from './plans/explainer.js';
import { fill } from '../projector/filled.js';
import { atMost, faults, plansOf, type ListPlan } from './plans/list-plans.js';
import { Places } from './plans/places.js';
import { describeScan, mostSorted, nodesOf, removedBy, rowsOf, TABLES, tokenScans } from './plans/plan.js';
import { fewMatches } from '../../apps/query/src/list-tokens/filtered-pages.sql.js';
import { MANY_CUSTOMERS } from '../../apps/query/src/list-tokens/list-scope.js';

/** Enough that reading all of them, or all of the largest customer's, would show. */
const TOKENS = 40_000;

describe('the plans of list statements over 40,000 tokens', () => {
  let explainer: Explainer;
  let places: Places;
  const plans: Record<'matrix' | 'cursors' | 'far' | 'dates' | 'others' | 'searches', ListPlan[]> = {
    matrix: [],
    cursors: [],
    far: [],
    dates: [],
    others: [],
    searches: [],
  };

  beforeAll(async () => {
    const { url } = await createDatabase();
    await fill(url, TOKENS);
    explainer = await Explainer.open(url);
    places = await Places.of(url);
    plans.matrix = await plansOf(explainer, await matrix(url));
    plans.cursors = await plansOf(explainer, await cursors(url));
    plans.far = await plansOf(explainer, farPages(TOKENS));
    plans.dates = await plansOf(explainer, await dates(url));
    plans.others = await plansOf(explainer, await otherFilters(url));
    plans.searches = await plansOf(explainer, await searches(url));
  }, 240_000);
  afterAll(() => explainer.close());

  test('are made once for every filter, customer, date and page, and for its values only where there is a search', () => {
    const { matrix, cursors, far, dates, searches } = plans;
    const names = [matrix, cursors, far, dates].map((some) => new Set(some.map(({ name }) => name)));
    expect(names.map(({ size }) => size)).toEqual([44, 96, 44, 148]);
    expect(names.flatMap((some) => [...some])).not.toContain(undefined);
    expect(searches.filter(({ name }) => name !== undefined)).toEqual([]);
  });

  test('join by look-ups alone, and scan no table of tokens whole but the texts for a search without three characters', () => {
    const { matrix, cursors, far, dates, others, searches } = plans;
    expect(
      faults([...matrix, ...cursors, ...far, ...dates, ...others, ...searches], ({ asked, plan }) => {
        const mayReadTexts = (asked.request.search ?? '   ').length < 3;
        const whole = tokenScans(plan).filter(
          (scan) =>
            scan['Node Type'] === 'Seq Scan' &&
            !(mayReadTexts && scan['Relation Name'] === TABLES.tokenSearch) &&
            // Where nearly all tokens match, a look-up of some matches ends soon in any way.
            rowsOf(scan) + removedBy(scan) > 2 * fewMatches(asked.request),
        );
        // Half of the tokens by a time in one table and nearly all by those in another: counting them reads one table whole.
        const { status, updatedAtFrom } = asked.request;
        if (status === 'usable' && updatedAtFrom !== undefined) whole.length = 0;
        // Where every filter has many tokens, each is read once.
        const joins = [...nodesOf(plan)].filter(
          (node) => /^(Hash|Merge) Join$/.test(node['Node Type']) && node['Join Type'] !== 'Full',
        );
        return [...whole, ...joins].map(describeScan);
      }),
    ).toEqual([]);
  });

  describe('by customer and facets only', () => {
    test('read no row of a token in vain, and no more than the first rows of every place and the documents of the page', () => {
      expect(
        faults(plans.matrix, ({ asked, plan }) => {
          const scans = tokenScans(plan);
          const { limit } = asked.request;
          return [
            ...scans.filter((scan) => removedBy(scan) > 0).map((scan) => `removes rows: ${describeScan(scan)}`),
            ...atMost('reads', sum(scans.map(rowsOf)), places.heads(asked, limit) + limit),
          ];
        }),
      ).toEqual([]);
    });

    test('sort no more than the first rows of every place, of which a list of one customer or of all has 24', () => {
      expect(
        faults(plans.matrix, ({ asked, plan }) => [
          ...atMost('sorts', mostSorted(plan), places.heads(asked, asked.request.limit)),
          ...(asked.customers === null || asked.customers.length === 1
            ? atMost('sorts', mostSorted(plan), 24 * asked.request.limit)
            : []),
        ]),
      ).toEqual([]);
    });

    test('behind a cursor, look up where the page begins, and read and sort no more than a first page', () => {
      expect(
        faults(plans.cursors, ({ asked, plan }) => {
          const { limit } = asked.request;
          // Many customers who have most of all tokens are read in the order of all.
          const most = isOfMany(asked) ? Math.max(places.heads(asked, limit), 40 * limit) : places.heads(asked, limit);
          return [
            ...atMost('reads', sum(tokenScans(plan).map((scan) => rowsOf(scan) + removedBy(scan))), most + limit),
            ...atMost('sorts', mostSorted(plan), places.heads(asked, limit)),
          ];
        }),
      ).toEqual([]);
    });

    test("far into everybody's list, sort the page alone", () => {
      const everybodys = plans.far.filter(({ asked }) => asked.customers === null);
      expect(faults(everybodys, ({ asked, plan }) => atMost('sorts', mostSorted(plan), asked.request.limit))).toEqual(
        [],
      );
    });

    test("far into customers' lists, sort no more than the first rows of every place up to the page from the nearer end", () => {
      const theirs = plans.far.filter(({ asked }) => asked.customers !== null);
      expect(
        faults(theirs, ({ asked, plan }) => atMost('sorts', mostSorted(plan), places.heads(asked, reachOf(asked)))),
      ).toEqual([]);
    });

    test('of many customers who have most of all tokens, read not much more than up to the page', () => {
      const theirs = [...plans.matrix, ...plans.far].filter(
        ({ asked }) => isOfMany(asked) && !asked.request.type && !asked.request.isActive && reachOf(asked) < 2_000,
      );
      expect(theirs).toHaveLength(20);
      expect(
        faults(theirs, ({ asked, plan }) => {
          expect(places.heads(asked)).toBeGreaterThan(TOKENS / 2);
          return atMost('reads', sum(tokenScans(plan).map(rowsOf)), 3 * reachOf(asked));
        }),
      ).toEqual([]);
    });

    test('far into any other list, read indexes alone on the way, and tables for the page', () => {
      expect(
        faults(plans.far, ({ asked, plan }) => {
          if (isOfMany(asked)) return [];
          const tables = tokenScans(plan).filter((scan) => scan['Node Type'] !== 'Index Only Scan');
          return atMost('reads', sum(tables.map(rowsOf)), asked.request.limit);
        }),
      ).toEqual([]);
    });
  });

  describe('with any filter whose matches are counted', () => {
    test('sort no more than the matches that are few enough, or than the first rows of every place', () => {
      expect(
        faults([...plans.dates, ...plans.others, ...plans.searches], ({ asked, plan }) => {
          const merged = asked.customers ? places.heads(asked, reachOf(asked)) : asked.request.limit;
          return atMost('sorts', mostSorted(plan), Math.max(fewMatches(asked.request), merged));
        }),
      ).toEqual([]);
    });

    test('count what matches once', () => {
      expect(faults([...plans.dates, ...plans.others, ...plans.searches], ({ plan }) => countedTwice(plan))).toEqual(
        [],
      );
    });

    test('look up no more matches than the first, where a short walk finds the page', () => {
      const found = [...plans.dates, ...plans.others, ...plans.searches].flatMap((listed) => {
        const parts = new Map([...nodesOf(listed.plan)].map((node) => [node['Subplan Name'], node]));
        const tried = parts.get('CTE tried');
        return tried && rowsOf(tried) === reachOf(listed.asked)
          ? [{ ...listed, looked: parts.get('CTE matches') }]
          : [];
      });
      expect(found.length).toBeGreaterThan(50);
      expect(faults(found, ({ looked }) => atMost('looks up', looked ? rowsOf(looked) : 0, 1_001))).toEqual([]);
    });

    test("look up the dates of customers among those customers' tokens", () => {
      const theirs = plans.dates.filter(({ asked }) => asked.customers !== null);
      expect(
        faults(theirs, ({ asked, plan }) => {
          // The matches, what the order or the other date needs of them, and the documents.
          const most = 2 * places.heads(asked) + asked.request.limit;
          return atMost('reads', sum(tokenScans(plan).map((scan) => rowsOf(scan) + removedBy(scan))), most);
        }),
      ).toEqual([]);
    });
  });
});

function isOfMany({ customers }: Asked): boolean {
  return customers !== null && customers.length > MANY_CUSTOMERS;
}

/** How far it is to the end of a page. */
function reachOf({ request }: Asked): number {
  return request.offset + request.limit;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
