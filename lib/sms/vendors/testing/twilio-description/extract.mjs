// Takes the operations the adapters use out of Twilio's published OpenAPI files, with the schemas they refer to and without
// prose. Run it again for a newer release:
//   npm pack @twilio/cli-core@9.0.0 && tar xzf twilio-cli-core-9.0.0.tgz
//   node lib/sms/vendors/testing/twilio-description/extract.mjs package
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const operations = {
  twilio_api_v2010: {
    '/2010-04-01/Accounts/{Sid}.json': 'get',
    '/2010-04-01/Accounts/{AccountSid}/Balance.json': 'get',
    '/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json': 'get',
    '/2010-04-01/Accounts/{AccountSid}/Messages.json': 'post',
    '/2010-04-01/Accounts/{AccountSid}/Calls.json': 'post',
  },
  twilio_messaging_v1: { '/v1/Services/{Sid}': 'get' },
  twilio_verify_v2: {
    '/v2/Services/{Sid}': 'get',
    '/v2/Services/{ServiceSid}/Verifications': 'post',
    '/v2/Services/{ServiceSid}/Verifications/{Sid}': 'post',
    '/v2/Services/{ServiceSid}/VerificationCheck': 'post',
  },
};

const source = process.argv[2];
const { name, version } = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
const description = {
  source: `${name}@${version} (MIT, Copyright (C) 2022, Twilio, Inc.)`,
  operations: [],
  schemas: {},
};

for (const [file, wanted] of Object.entries(operations)) {
  const whole = JSON.parse(readFileSync(path.join(source, 'src/services/twilio-api', `${file}.json`), 'utf8'));
  for (const [url, method] of Object.entries(wanted)) {
    const { parameters = [], requestBody, responses } = whole.paths[url][method];
    const operation = {
      method: method.toUpperCase(),
      server: whole.paths[url].servers[0].url,
      path: url,
      parameters: parameters.map(({ name, in: place, required, schema }) => ({ name, in: place, required, schema })),
      form: requestBody?.content['application/x-www-form-urlencoded'].schema,
      answers: Object.fromEntries(
        Object.entries(responses).flatMap(([status, { content }]) => {
          const { schema, examples = {} } = content?.['application/json'] ?? {};
          return schema
            ? [
                [
                  status,
                  { schema, examples: Object.fromEntries(Object.entries(examples).map(([k, v]) => [k, v.value])) },
                ],
              ]
            : [];
        }),
      ),
    };
    description.operations.push(withoutProse(operation));
    collect(operation, whole.components.schemas);
  }
}

function collect(part, schemas) {
  for (const [, reference] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (!(reference in description.schemas)) {
      description.schemas[reference] = withoutProse(schemas[reference]);
      collect(schemas[reference], schemas);
    }
  }
}

function withoutProse(part) {
  return JSON.parse(
    JSON.stringify(part, (key, value) =>
      key === 'x-twilio' || (key === 'description' && typeof value === 'string') ? undefined : value,
    ),
  );
}

writeFileSync(path.join(import.meta.dirname, 'description.json'), `${JSON.stringify(description, null, 1)}\n`);
