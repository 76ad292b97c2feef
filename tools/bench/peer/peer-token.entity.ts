import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The driver returns bigint as text; an API answers with numbers. */
const asNumber = {
  to: (value: number | null) => value,
  from: (text: string | null) => (text === null ? null : Number(text)),
};
const asNumbers = { to: (values: number[]) => values, from: (texts: string[]) => texts.map(Number) };

/** A token as most developers would store it: a column per property. Its groups are an array, which saves the peer a join. */
@Entity({ name: 'peer_token' })
export class PeerToken {
  @PrimaryColumn({ type: 'bigint', transformer: asNumber })
  id!: number;

  @Column({ type: 'bigint', transformer: asNumber })
  version!: number;

  @Column({ name: 'customer_id', type: 'bigint', transformer: asNumber })
  customerId!: number;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'text' })
  uid!: string;

  @Column({ type: 'text', nullable: true })
  label!: string | null;

  @Column({ name: 'app_user_id', type: 'bigint', nullable: true, transformer: asNumber })
  appUserId!: number | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ name: 'valid_from', type: 'timestamptz' })
  validFrom!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive!: boolean;

  @Column({ name: 'roaming_enabled', type: 'boolean' })
  roamingEnabled!: boolean;

  @Column({ name: 'priority_charging_enabled', type: 'boolean' })
  priorityChargingEnabled!: boolean;

  @Column({ name: 'billing_reference', type: 'text', nullable: true })
  billingReference!: string | null;

  @Column({ type: 'text', nullable: true })
  comment!: string | null;

  @Column({ name: 'token_group_ids', type: 'bigint', array: true, transformer: asNumbers })
  tokenGroupIds!: number[];
}
