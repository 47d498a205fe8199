/**
 * Which member owns which partition: shares differ by at most one, and a partition moves only when the shares demand
 * it, because every move costs its new owner a restore. `owned` lists what each member has now, in order of joining.
 */
export function assign(owned: readonly (readonly number[])[], partitions: number): number[][] {
  if (owned.length === 0) return [];
  const least = Math.floor(partitions / owned.length);
  const withOneMore = partitions % owned.length;
  // Those who own most keep most, so the larger shares go to them first.
  const order = owned.map((_, member) => member).sort((a, b) => owned[b]!.length - owned[a]!.length || a - b);
  const shares = owned.map((): number[] => []);
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const quota = new Map(order.map((member, rank) => [member, least + (rank < withOneMore ? 1 : 0)]));
  for (const member of order) {
    for (const partition of owned[member]!) {
      if (shares[member]!.length < quota.get(member)! && free.delete(partition))
        shares[member]!.push(partition);
    }
  }
  for (const [member, share] of shares.entries()) {
    for (const partition of free) {
      if (share.length >= quota.get(member)!) break;
      free.delete(partition);
      share.push(partition);
    }
    share.sort((a, b) => a - b);
  }
  return shares;
}
