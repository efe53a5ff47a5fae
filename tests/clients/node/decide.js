// Decides one case: node decide.js PROTOS HOST:PORT RULESET YYYY-MM-DD < facts.json
// PROTOS is the folder that `rollbook protos --out PROTOS` has written.
import {readFileSync} from 'node:fs';
import grpc from '@grpc/grpc-js';
import {loadSync} from '@grpc/proto-loader';

const [protos, target, ruleset, asOf] = process.argv.slice(2);
const contract = grpc.loadPackageDefinition(
  loadSync('rollbook/v1/decision_service.proto', {includeDirs: [protos], keepCase: true, enums: String, defaults: true}),
).rollbook.v1;
const client = new contract.DecisionService(target, grpc.credentials.createInsecure());
const [year, month, day] = asOf.split('-').map(Number);

const request = {
  rulesets: [`rulesets/${ruleset}`],
  as_of: {year, month, day},
  mode: 'MODE_TRY',
  case: {facts_json: readFileSync(0, 'utf8')},
};
client.Decide(request, {deadline: Date.now() + 10_000}, (error, reply) => {
  if (error) {
    console.error(`${grpc.status[error.code]}: ${error.details}`);
    process.exitCode = 1;
  } else {
    for (const {outcome, because, rules} of reply.decisions) {
      console.log(JSON.stringify({outcome, because, rules: rules.map(({rule}) => rule)}));
    }
  }
  client.close();
});
