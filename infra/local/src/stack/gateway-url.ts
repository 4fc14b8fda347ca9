/** Where a gateway of this machine is reached: with a certificate it serves HTTPS alone. */
export function gatewayUrl(environment: NodeJS.ProcessEnv, port: number): string {
	return `${environment.TLS_CERT_FILE ? 'https' : 'http'}://127.0.0.1:${port}`;
}
