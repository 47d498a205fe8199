import ipaddr from 'ipaddr.js';

/**
 * `public`: a host of the open internet. `private`: loopback, RFC 1918, unique local or shared address space, which an
 * operator may allow. `forbidden`: never a place to send to, whatever the config says.
 */
export type AddressClass = 'public' | 'private' | 'forbidden';

const PRIVATE = new Set<string>(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** Addresses that answer for the cloud a machine runs in: they hand out credentials, so nobody may allow them. */
const METADATA = new Set(['168.63.129.16', '100.100.100.200', 'fd00:ec2:0:0:0:0:0:254']);

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const MAPPED = ipaddr.IPv6.parseCIDR('::ffff:0:0/96');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Judges the bytes of an IP address as `net` and `dns` print it. What is not one is forbidden. */
export function classifyAddress(address: string): AddressClass {
  const zoneless = address.split('%', 1)[0]!;
  if (ipaddr.IPv4.isValidFourPartDecimal(zoneless)) return classifyV4(ipaddr.IPv4.parse(zoneless));
  if (!ipaddr.IPv6.isValid(zoneless)) return 'forbidden';
  const v6 = ipaddr.IPv6.parse(zoneless);
  // The two wrappers that a network turns back into IPv4; every other tunnel or translation prefix is not unicast.
  if (v6.match(MAPPED) || v6.match(NAT64)) return classifyV4(new ipaddr.IPv4(v6.toByteArray().slice(12)));
  if (METADATA.has(v6.toNormalizedString())) return 'forbidden';
  const range = v6.range();
  if (PRIVATE.has(range)) return 'private';
  return range === 'unicast' && v6.match(GLOBAL_UNICAST) ? 'public' : 'forbidden';
}

function classifyV4(v4: ipaddr.IPv4): AddressClass {
  if (METADATA.has(v4.toString())) return 'forbidden';
  const range = v4.range();
  if (PRIVATE.has(range)) return 'private';
  return range === 'unicast' ? 'public' : 'forbidden';
}
