import { formatPrice } from '@creatorr/client';
import type { ReactNode } from 'react';
import { usePlans } from '../api/plans.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { useUser } from '../api/session.ts';
import { useTools } from '../api/tools.ts';
import { ButtonLink } from '../ui/button.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import { planRows } from './plan-rows.ts';
import styles from './pricing-page.module.css';

/** Compares the plans, with limits from the API. */
export function PricingPage() {
	usePageTitle('Pricing');
	const user = useUser();
	const plans = usePlans();
	const tools = useTools();
	const free = plans.data?.find(({ name }) => name === 'free');
	const pro = plans.data?.find(({ name }) => name === 'pro');
	const prices = pro?.prices;
	const error = plans.error ?? tools.error;
	return (
		<div className={styles.page}>
			<header className={styles.top}>
				<h1>Pricing</h1>
				<p>Start for free. Upgrade when you need larger files or more at once.</p>
			</header>
			<div className={styles.offers}>
				<Offer title="Free" price="$0" terms="Free forever. No card needed.">
					{user ? (
						<ButtonLink to="/">Choose a tool</ButtonLink>
					) : (
						<ButtonLink to="/sign-up">Create an account</ButtonLink>
					)}
				</Offer>
				<Offer
					title="Pro"
					price={prices ? `${formatPrice(prices.monthly)} a month` : 'Monthly or yearly'}
					terms={
						prices
							? `Or ${formatPrice(prices.yearly)} a year. Cancel anytime.`
							: 'You see the price before you pay. Cancel anytime.'
					}
				>
					{user?.plan === 'pro' ? (
						<p>You’re on Pro.</p>
					) : (
						<ButtonLink variant="primary" to="/account">
							Upgrade to Pro
						</ButtonLink>
					)}
				</Offer>
			</div>
			{error && (
				<ProblemNotice
					what="Couldn’t load the plans"
					error={error}
					onRetry={() => Promise.all([plans.refetch(), tools.refetch()])}
				/>
			)}
			{free && pro && tools.data && <PlanTable rows={planRows(free, pro, tools.data)} />}
			{!error && (!plans.data || !tools.data) && <Spinner label="Loading plans" />}
		</div>
	);
}

function Offer({
	title,
	price,
	terms,
	children,
}: {
	title: string;
	price: string;
	terms: string;
	children: ReactNode;
}) {
	return (
		<section className={styles.offer} aria-label={title}>
			<h2>{title}</h2>
			<p className={styles.price}>{price}</p>
			<p className={styles.terms}>{terms}</p>
			<div>{children}</div>
		</section>
	);
}

function PlanTable({ rows }: { rows: ReturnType<typeof planRows> }) {
	return (
		<table className={styles.table}>
			<caption>What each plan includes</caption>
			<thead>
				<tr>
					<th scope="col">Limit</th>
					<th scope="col">Free</th>
					<th scope="col">Pro</th>
				</tr>
			</thead>
			<tbody>
				{rows.map(({ name, free, pro }) => (
					<tr key={name}>
						<th scope="row">{name}</th>
						<td>{free}</td>
						<td>{pro}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
