// `npm run sms:preview`: every message in every language, with what it costs, for the APP_NAME and APP_URL of the settings.
import { z } from 'zod';
import { settings } from '../settings/settings';
import { codePurposes } from '../otp/challenge-store';
import { codeMessage, spokenCode } from '../sms/message';
import { segmentsOf } from '../sms/segments';
import { messageLocales } from '../sms/templates';
import { readSettings, runCommand } from './command';

// Only what stands in a message, so that a brand can be tried without the rest of production's settings.
const { APP_NAME, APP_URL, PORT, OTP_LENGTH, OTP_TTL_SECONDS } = settings;
const schema = z.object({ APP_NAME, APP_URL, PORT, OTP_LENGTH, OTP_TTL_SECONDS });

await runCommand(() => preview(readSettings(schema)));

function preview(chosen: z.output<typeof schema>): number {
  const {
    APP_NAME: appName,
    APP_URL: appUrl = `http://localhost:${chosen.PORT}`,
    OTP_TTL_SECONDS: ttlSeconds,
  } = chosen;
  const code = '1234567890'.slice(0, chosen.OTP_LENGTH);
  for (const locale of messageLocales) {
    const purposesOf = new Map<string, string[]>();
    for (const purpose of codePurposes) {
      const text = codeMessage({ purpose, appName, appUrl, code, ttlSeconds, locale });
      purposesOf.set(text, [...(purposesOf.get(text) ?? []), purpose]);
    }
    for (const [text, purposes] of purposesOf) {
      const { encoding, characters, segments } = segmentsOf(text);
      const parts = segments === 1 ? '1 part' : `${segments} parts`;
      console.log(`${locale}  ${purposes.join(', ')}: ${encoding}, ${characters} characters, ${parts}`);
      console.log(indented(text));
    }
    console.log(`${locale}  spoken\n${indented(spokenCode({ appName, code, locale }))}`);
  }
  return 0;
}

function indented(text: string): string {
  return `\n${text.replaceAll(/^(?=.)/gm, '    ')}\n`;
}
