/** The shopping cart of a small bookshop. Prices are in cents. */
export interface Line {
  title: string;
  priceCents: number;
  quantity: number;
}

export interface Discount {
  /** The order must reach this sum before the discount applies. */
  fromCents: number;
  percent: number;
}

const discounts: Discount[] = [
  { fromCents: 2_500, percent: 5 },
  { fromCents: 5_000, percent: 10 },
  { fromCents: 10_000, percent: 15 },
];

export function subtotal(lines: Line[]): number {
  let sum = 0;
  for (const line of lines) {
    sum += line.priceCents * line.quantity;
  }
  return sum;
}

/** Customers complain that large orders get the small discount. Can you see why? */
export function bestDiscount(sumCents: number): number {
  const match = discounts.find((discount) => sumCents >= discount.fromCents);
  return match?.percent ?? 0;
}

export function total(lines: Line[]): number {
  const sum = subtotal(lines);
  return Math.round(sum - (sum * bestDiscount(sum)) / 100);
}
