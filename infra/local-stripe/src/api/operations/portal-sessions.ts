import { z } from 'zod';
import { newId } from '../../objects/ids.ts';
import type { PortalSession } from '../../objects/wire.ts';
import { operation } from '../operation.ts';
import { expand, text, webUrl } from '../parameters.ts';
import { requireCustomer } from './customers.ts';

export const portalOperations = [
	operation(
		{
			method: 'POST',
			path: '/v1/billing_portal/sessions',
			parameters: z.strictObject({
				customer: text,
				return_url: webUrl.optional(),
				locale: text.optional(),
				expand,
			}),
		},
		(ledger, given) => {
			const id = newId('bps');
			const session: PortalSession = {
				id,
				object: 'billing_portal.session',
				configuration: 'bpc_1LocalCreatorrPortal',
				created: ledger.now,
				customer: requireCustomer(ledger, given.customer, 'customer').id,
				customer_account: null,
				flow: null,
				livemode: false,
				locale: given.locale ?? null,
				on_behalf_of: null,
				return_url: given.return_url ?? null,
				url: `${ledger.pagesUrl}/p/session/${id}`,
			};
			ledger.put(session);
			return session;
		},
	),
];
