import twilio from 'twilio';
import { callPolicy } from '../../policy';
import { spokenWords } from '../message';
import type { OutboundMessage } from '../sender';

type Voice = Exclude<Parameters<InstanceType<typeof twilio.twiml.VoiceResponse>['say']>[0], string>;

/** Voices that keep SSML pauses, by the language of the words. */
const voices: Record<string, Voice> = {
  'en-US': { language: 'en-US', voice: 'Polly.Joanna' },
  'en-IN': { language: 'en-IN', voice: 'Polly.Aditi' },
  'hi-IN': { language: 'hi-IN', voice: 'Polly.Aditi' },
  'bn-IN': { language: 'bn-IN', voice: 'Google.bn-IN-Standard-A' },
  'ru-RU': { language: 'ru-RU', voice: 'Polly.Tatyana' },
};

/** What a call says, as TwiML: the brand, the digits one by one, and all of them again. A notice is read as it is. */
export function spokenMessage(message: Pick<OutboundMessage, 'code' | 'text' | 'locale'>, brand: string): string {
  const { tag, intro, again, warning } = spokenWords(message.locale);
  const voice = voices[Object.hasOwn(voices, message.locale) ? message.locale : tag]!;
  const response = new twilio.twiml.VoiceResponse();
  // Whoever answers lifts the phone to the ear first.
  response.pause({ length: 1 });
  if (message.code === null) {
    response.say(voice, message.text);
    return response.toString();
  }
  const say = response.say(voice, intro(brand));
  const pause = () => say.break({ time: `${callPolicy.pauseMilliseconds}ms` });
  for (const lead of ['', again]) {
    say.addText(lead);
    for (const digit of message.code) {
      pause();
      say.addText(digit);
    }
    pause();
  }
  say.addText(warning);
  return response.toString();
}
