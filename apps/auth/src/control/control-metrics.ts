import { counter } from '@creatorr/service/metrics';

const leaseRenewals = counter({
	name: 'creatorr_gateway_lease_renewals_total',
	help: 'Leases that gateways asked for, by outcome: granted, refused',
	labels: ['outcome'],
});

export function countLeaseRenewal(granted: boolean): void {
	leaseRenewals.inc({ outcome: granted ? 'granted' : 'refused' });
}
