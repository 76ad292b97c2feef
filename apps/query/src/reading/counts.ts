/** Adds to what a tenant has; callers who may see all customers are none, and are not counted. */
export function addTo(counts: Map<string, number>, tenant: string | undefined, more: number): void {
  if (tenant === undefined) return;
  const now = (counts.get(tenant) ?? 0) + more;
  if (now === 0) counts.delete(tenant);
  else counts.set(tenant, now);
}
