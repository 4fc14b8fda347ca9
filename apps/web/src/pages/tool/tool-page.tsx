import { useParams as useRouteParams } from 'react-router';
import { useDepartures } from '../../api/session.ts';
import { useTools } from '../../api/tools.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { NotFoundPage } from '../not-found-page.tsx';
import { ToolView } from './tool-view.tsx';

/** A tool, as the catalogue describes it: nothing here knows of any particular one. */
export function ToolPage() {
	const { slug = '' } = useRouteParams();
	const departures = useDepartures();
	const { data: tools, error, refetch } = useTools();
	if (!tools) {
		return error ? (
			<ProblemNotice what="The tool can’t be loaded" error={error} onRetry={refetch} />
		) : (
			<Spinner label="Loading the tool" />
		);
	}
	const tool = tools.find((one) => one.slug === slug);
	// another tool has other options, and another person their own
	return tool ? <ToolView key={`${slug} ${departures}`} tool={tool} tools={tools} /> : <NotFoundPage />;
}
