import { stat } from 'node:fs/promises';
import { BenchError } from '../say.ts';
import { readFolder } from './folder.ts';
import { isMeasured, type Sample } from './sample.ts';

/** The smallest file of a folder that the tool makes something of. Throws a BenchError where there is none. */
export async function smallestSample(folder: string, tool: string): Promise<Sample> {
	const samples = (await readFolder(folder, { only: [tool], skip: [] })).filter(isMeasured);
	const sized = samples.map(async (sample) => ({ sample, bytes: (await stat(sample.path)).size }));
	const smallest = (await Promise.all(sized)).toSorted((one, other) => one.bytes - other.bytes)[0];
	if (!smallest) throw new BenchError(`There is no file for ${tool} in ${folder}.`);
	return smallest.sample;
}
