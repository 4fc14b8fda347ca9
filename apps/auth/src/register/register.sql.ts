import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import { addVerificationMail } from '../mails/mails.sql.ts';
import type { NewSession } from '../sessions/session-token.ts';
import { insertSession } from '../sign-in/sign-in.sql.ts';

interface Registration {
	user: { id: string; email: string; name: string | null; passwordHash: string };
	session: NewSession;
	network: string;
	/** Verification mails per hour to accounts registered from one network. */
	mailsPerNetwork: number;
}

/** Stores the account, its session and a verification mail. Returns false if the email is taken. */
export function insertAccount(
	prisma: Database,
	{ user, session, network, mailsPerNetwork }: Registration,
): Promise<boolean> {
	return inTransaction(prisma, async (tx) => {
		const { count } = await tx.user.createMany({ data: user, skipDuplicates: true });
		if (count === 0) return false;
		await insertSession(tx, session, { network, kind: 'registered' });
		const client = { address: session.clientAddress, userAgent: session.userAgent };
		await addVerificationMail(tx, { email: user.email, client }, { network, perNetwork: mailsPerNetwork });
		return true;
	});
}
