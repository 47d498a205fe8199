import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languageOf } from './language.ts';
import { tokenize } from './tokens.ts';

const guess = (text: string, declared?: string): string => languageOf(declared, text, tokenize(text));

describe('the language of a post', () => {
  test.each([
    ['Unbelievable, the whole network went down again', 'en'],
    ['Schon wieder kein Empfang, was soll das', 'de'],
    ['Encore en panne depuis ce matin, personne ne répond', 'fr'],
    ['Otra vez sin conexión y nadie contesta', 'es'],
    ['Mais uma vez sem sinal e ninguém responde', 'pt'],
    ['Ancora niente rete da stamattina, nessuno risponde', 'it'],
    ['Alweer geen bereik en niemand die antwoordt', 'nl'],
    ['Znowu nie ma zasięgu i nikt nie odpowiada', 'pl'],
    ['لماذا لا يعمل التطبيق منذ الصباح', 'ar'],
    ['ye phone bahut accha hai lekin battery nahi chalti yaar', 'hi'],
    ['#DieNetzeSindSchonWiederKaputt', 'de'],
  ])('%j is %s', (text, language) => {
    expect(guess(text)).toBe(language);
  });

  test.each(['', '@bob https://x.example/1', '12345', '👍👍', 'Zxqv Bwkpt Jjrrk Qwwd Vxxk', '\ud800'])(
    '%j is in none that we can tell',
    (text) => {
      expect(guess(text)).toBe('und');
    },
  );

  test('is what its source says, where it says one', () => {
    expect(guess('the whole network went down', 'fr-CA')).toBe('fr');
    expect(guess('the whole network went down again', 'und')).toBe('en');
  });

  test('links, handles and tags beside words are none of it', () => {
    expect(
      guess('@kundenservice schon wieder kaputt und keiner da https://the.and.you/with-this-and-that'),
    ).toBe('de');
  });

  test('is the same whatever was read before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, other) => {
        const before = guess(text);
        guess(other);
        expect(guess(text)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});
