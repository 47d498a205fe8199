/**
 * A bounded memory of mention ids, as hashes: absorbs what sources repeat. Two generations; when the younger is full
 * it becomes the older, so the last `IDS_KEPT` to `2 × IDS_KEPT` ids are known. 8,192 ids, 64 KB a watch.
 */
export interface IdentityWindow {
  young: Set<number>;
  old: Set<number>;
}

export const IDS_KEPT = 4_096;

export const emptyIdentityWindow = (): IdentityWindow => ({ young: new Set(), old: new Set() });

/** True if the id was not known; it is from then on. */
export function admit(window: IdentityWindow, id: number): boolean {
  if (window.young.has(id) || window.old.has(id)) return false;
  window.young.add(id);
  if (window.young.size >= IDS_KEPT) {
    window.old = window.young;
    window.young = new Set();
  }
  return true;
}
