import type { ApiKey, NewApiKey, User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { refreshApiKeys, useApiKeys } from '../api/api-key-queries.ts';
import { api } from '../api/client.ts';
import { toastFailure } from '../api/failure-message.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { requireUser } from '../sign-in/require-user.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { RowList } from '../ui/row-list.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { toast } from '../ui/toasts.ts';
import styles from './api-keys-page.module.css';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { EditKeyDialog } from './edit-key-dialog.tsx';
import { KeyRow } from './key-row.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { RotateKeyDialog } from './rotate-key-dialog.tsx';

/** The dialog that is open. */
type Open =
	| { kind: 'create' }
	| { kind: 'edit' | 'rotate' | 'revoke'; apiKey: ApiKey }
	| { kind: 'created'; created: NewApiKey };

/** Lists the API keys, newest first, and creates, changes, rotates and revokes them. */
function ApiKeys({ user }: { user: User }) {
	usePageTitle('API keys');
	const [open, setOpen] = useState<Open>();
	const list = useApiKeys(user);
	const keys = list.data?.pages.flatMap(({ data }) => data) ?? [];
	const create = (
		<Button variant="primary" onClick={() => setOpen({ kind: 'create' })}>
			Create an API key
		</Button>
	);
	return (
		<div className={styles.page}>
			<PageHead title="API keys" above={<Link to="/account">Your account</Link>}>
				Programs sign in with a key instead of your password. <Link to="/docs">Read the docs</Link>.
			</PageHead>
			{list.isPending && <Spinner label="Loading your API keys" />}
			{list.error && (
				<ProblemNotice what="Couldn’t load your API keys" error={list.error} onRetry={list.refetch} />
			)}
			{list.data && keys.length === 0 && (
				<EmptyState
					title="No API keys"
					text="Create one for each program that uses the API."
					action={create}
				/>
			)}
			{keys.length > 0 && (
				<>
					<div>{create}</div>
					<RowList label="API keys">
						{keys.map((apiKey) => (
							<li key={apiKey.id}>
								<KeyRow
									apiKey={apiKey}
									onEdit={() => setOpen({ kind: 'edit', apiKey })}
									onRotate={() => setOpen({ kind: 'rotate', apiKey })}
									onRevoke={() => setOpen({ kind: 'revoke', apiKey })}
								/>
							</li>
						))}
					</RowList>
				</>
			)}
			<MoreButton list={list} />
			{open && <KeyDialog user={user} open={open} setOpen={setOpen} />}
		</div>
	);
}

export const ApiKeysPage = requireUser(ApiKeys);

function KeyDialog({
	user,
	open,
	setOpen,
}: {
	user: User;
	open: Open;
	setOpen: (open: Open | undefined) => void;
}) {
	const onClose = () => setOpen(undefined);
	const onCreated = (created: NewApiKey) => {
		setOpen({ kind: 'created', created });
		void refreshApiKeys(user);
	};
	const onChanged = async ({ name }: ApiKey) => {
		onClose();
		await refreshApiKeys(user);
		toast({ text: `“${name}” was changed.` });
	};
	const revoke = useMutation({
		mutationFn: ({ id }: ApiKey) => api.keys.revoke(id),
		onSuccess: async (_, { name }) => {
			await refreshApiKeys(user);
			toast({ text: `“${name}” was revoked.` });
		},
		onError: (error) => toastFailure('Couldn’t revoke the key.', error),
	});
	if (open.kind === 'create') return <CreateKeyDialog onCreated={onCreated} onClose={onClose} />;
	if (open.kind === 'created') return <NewKeyDialog created={open.created} onClose={onClose} />;
	const { apiKey } = open;
	if (open.kind === 'edit') return <EditKeyDialog apiKey={apiKey} onChanged={onChanged} onClose={onClose} />;
	if (open.kind === 'rotate')
		return <RotateKeyDialog apiKey={apiKey} onCreated={onCreated} onClose={onClose} />;
	return (
		<ConfirmDialog
			title={`Revoke “${apiKey.name}”?`}
			text="Programs that use this key stop working at once. This can’t be undone."
			confirm="Revoke"
			onConfirm={() => revoke.mutate(apiKey)}
			onClose={onClose}
		/>
	);
}
