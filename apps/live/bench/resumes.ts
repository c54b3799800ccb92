// A client leaves and returns to any edge while edges, the NATS server and the analyzer restart.
// Arguments: RESUMES SEED. Fails if a tick or point is missing or comes twice. Prints the bytes of
// a resume.
import { type Restart, runResumes } from "../test/bus/resume-rounds.ts";

const RESTARTS: readonly Restart[] = ["nothing", "edge", "nothing", "nats", "nothing", "edge", "nothing", "analyzer"];

const [resumes = 200, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}, ${resumes} resumes, 1 analyzer, 2 edges`);
const { faults, ...report } = await runResumes(RESTARTS, resumes, seed, (line) => console.log(line));
console.log(report);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
