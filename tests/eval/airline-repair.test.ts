import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repairReplacedWords } from './airline-repair.ts';

test.each([
  ['my flight was Cancelled Flightled', 'my flight was cancelled'],
  ['flight Cancelled Flighted, no reason', 'flight canceled, no reason'],
  ['stop Cancelled Flighting flights', 'stop canceling flights'],
  ['Cancelled Flightlations everywhere', 'Cancellations everywhere'],
  ['to Cancelled Flight a trip', 'to cancel a trip'],
  ['delays/Cancelled Flightlations', 'delays/cancellations'],
  ['#Cancelled Flightledflight', '#cancelledflight'],
  ['FLIGHT WAS Cancelled FlightLED TODAY', 'FLIGHT WAS CANCELLED TODAY'],
  ['two hours Late Flight again', 'two hours late again'],
  ['see you Late Flightr', 'see you later'],
  ['weather-reLate Flightd', 'weather-related'],
  ['chocoLate Flight please', 'chocolate please'],
  ['TOO Late Flight NOW', 'TOO LATE NOW'],
  ['Late Flight again. Late Flight flight.', 'Late again. Late flight.'],
  ['problems Flight Booking Problems online', 'problems booking online'],
  ['reFlight Booking Problems my trip', 'rebooking my trip'],
  ['#reFlight Booking Problemss', '#rebookings'],
  ['nothing to repair, flight on time', 'nothing to repair, flight on time'],
])('“%s” was “%s”', (damaged, text) => {
  expect(repairReplacedWords(damaged)).toBe(text);
});

test('whatever was damaged is restored but for its case, and twice changes nothing more', () => {
  const words = fc.constantFrom(
    'cancelled',
    'cancelation',
    'late',
    'later',
    'related',
    'booking',
    'rebooking',
    'flight',
    'hours',
    '!',
    '@synthetic_air',
    '#late',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (list) => {
      const original = list.join(' ');
      const damaged = original
        .replace(/cancel/gi, 'Cancelled Flight')
        .replace(/late/gi, 'Late Flight')
        .replace(/booking/gi, 'Flight Booking Problems');
      const repaired = repairReplacedWords(damaged);
      expect(repaired.toLowerCase()).toBe(original.toLowerCase());
      expect(repairReplacedWords(repaired)).toBe(repaired);
    }),
  );
});
