import type { Decoded } from '../projection.js';
import { formsOfEvents, learnForms } from './event-forms.js';

const event: Decoded = { kind: 'event', event: { type: 'moved', eventId: '1' } };
const skipped: Decoded = { kind: 'skipped', type: 'x' };

function message(subject: string, decoded = event) {
  return { subject, decoded };
}

test('forms are learnt from events only, and each once', () => {
  const messages = [message('a.7'), message('b.7', skipped), message('a.8'), message('shared')];
  expect(learnForms({ eventForms: null }, messages)).toEqual(['a.*', 'shared']);
  expect(learnForms({ eventForms: ['c'] }, messages)).toEqual(['c', 'a.*', 'shared']);
});

test('a batch that teaches nothing leaves what is known', () => {
  expect(learnForms({}, [message('b.7', skipped)])).toBeNull();
  const eventForms = ['a.*'];
  expect(learnForms({ eventForms }, [message('a.9')])).toBe(eventForms);
});

test('the oldest 32 forms stay, and those of a batch count for it nevertheless', () => {
  const names = Array.from({ length: 40 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(1 + Math.floor(i / 26)));
  const eventForms = learnForms(
    {},
    names.map((name) => message(name)),
  )!;
  expect(eventForms).toEqual(names.slice(0, 32));
  expect(learnForms({ eventForms }, [message('new')])).toBe(eventForms);
  expect(formsOfEvents({ eventForms }, [message('new')])).toContain('new');
});
