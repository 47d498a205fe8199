import { hash52 } from '@foreshock/model/hash';
import { describe, expect, test } from 'vitest';
import { createPostStore, POST_BOUNDS } from './post-store.ts';
import { evidenceText, match, NIGHT } from './testing/seed.ts';

describe('posts kept', () => {
  test('are the newest of each watch, and bounded over all watches', () => {
    const store = createPostStore({ ...POST_BOUNDS, perWatchMax: 3, recentMax: 5 });
    for (const watch of ['a', 'b', 'c'])
      for (let index = 0; index < 10; index++)
        store.putMatch(match({ id: `${watch}${index}`, watch, eventTime: NIGHT + index }));
    expect(store.size).toBe(5);
    expect(store.recent('c', 10).map(({ id }) => id)).toEqual(['c9', 'c8', 'c7']);
    expect(store.recent('a', 10)).toEqual([]);
  });

  test('an edit replaces the text', () => {
    const store = createPostStore();
    store.putMatch(match({ id: 'p', content: 'before' }));
    store.putMatch(match({ id: 'p', op: 'update', content: 'after' }));
    expect(store.recent('orion-stock', 10).map(({ text }) => text)).toEqual(['after']);
  });

  test('evidence is preferred to what a watch remembers, and bounded', () => {
    const store = createPostStore({ ...POST_BOUNDS, evidenceMax: 2 });
    store.putMatch(match({ id: 'p', content: 'remembered' }));
    store.putEvidence(evidenceText({ id: 'p', content: 'kept' }));
    expect(store.get('p')!.text).toBe('kept');
    for (const id of ['q', 'r']) store.putEvidence(evidenceText({ id }));
    expect(store.get('p')!.text).toBe('remembered');
  });

  test('a mention erased before its text was read is never shown', () => {
    const store = createPostStore();
    store.erase({ op: 'erase', source: 'foreshock', eventTime: NIGHT, v: 1, mention: 'p' }, undefined);
    store.putEvidence(evidenceText({ id: 'p' }));
    store.putMatch(match({ id: 'p' }));
    expect(store.get('p')).toBeUndefined();
  });

  test('erasing an author covers what was said before it, not what is said after, and nobody else', () => {
    const store = createPostStore();
    const key = '00112233445566778899aabbccddeeff';
    const author = hash52(key, 'bluesky:somebody');
    store.putMatch(match({ id: 'before', author, eventTime: NIGHT - 1 }));
    store.putMatch(match({ id: 'else', author: author + 1, eventTime: NIGHT - 1 }));
    store.erase(
      { op: 'erase', source: 'foreshock', eventTime: NIGHT, v: 1, author: 'bluesky:somebody' },
      key,
    );
    store.putMatch(match({ id: 'after', author, eventTime: NIGHT + 1 }));
    expect(['before', 'else', 'after'].filter((id) => store.get(id))).toEqual(['else', 'after']);
  });
});
