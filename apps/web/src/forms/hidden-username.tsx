/** Tells a password manager whose password it is; nobody sees it. */
export function HiddenUsername({ email }: { email: string }) {
	return <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />;
}
