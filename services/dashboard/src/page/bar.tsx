/** A length beside its number; the number says it to those who do not see it. */
export function Bar({ share }: { readonly share: number }) {
  const percent = Math.max(0, Math.min(1, share)) * 100;
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}
