import twilio from 'twilio';
import { callPolicy } from '../../policy';
import type { OutboundMessage } from '../sender';

type Attributes = Parameters<InstanceType<typeof twilio.twiml.VoiceResponse>['say']>[0];
type Voice = { speaks: Exclude<Attributes, string>; first: (brand: string) => string; again: string; last: string };

const english = {
  first: (brand: string) => `Your ${brand} code is:`,
  again: 'Once more:',
  last: 'Do not share it with anyone.',
};

const russian: Voice = {
  speaks: { language: 'ru-RU', voice: 'Polly.Tatyana' },
  first: (brand) => `Ваш код ${brand}:`,
  again: 'Ещё раз:',
  last: 'Никому его не сообщайте.',
};

/** Voices that keep SSML pauses. Twilio has none for Uzbek: Russian is understood there more widely than English. */
const voices: Record<string, Voice> = {
  en: { speaks: { language: 'en-US', voice: 'Polly.Joanna' }, ...english },
  'en-IN': { speaks: { language: 'en-IN', voice: 'Polly.Aditi' }, ...english },
  hi: {
    speaks: { language: 'hi-IN', voice: 'Polly.Aditi' },
    first: (brand) => `आपका ${brand} कोड है:`,
    again: 'एक बार फिर:',
    last: 'इसे किसी को न बताएं।',
  },
  bn: {
    speaks: { language: 'bn-IN', voice: 'Google.bn-IN-Standard-A' },
    first: (brand) => `আপনার ${brand} কোড হলো:`,
    again: 'আরও একবার:',
    last: 'এটি কাউকে বলবেন না।',
  },
  ru: russian,
  uz: russian,
};

/** What a call says, as TwiML: the brand, the digits one by one, and all of them again. A notice is read as it is. */
export function spokenMessage(message: Pick<OutboundMessage, 'code' | 'text' | 'locale'>, brand: string): string {
  const voice = voices[message.locale] ?? voices[message.locale.split('-')[0] ?? ''] ?? voices.en!;
  const response = new twilio.twiml.VoiceResponse();
  // Whoever answers lifts the phone to the ear first.
  response.pause({ length: 1 });
  if (message.code === null) {
    response.say(voice.speaks, message.text);
    return response.toString();
  }
  const say = response.say(voice.speaks, voice.first(brand));
  const pause = () => say.break({ time: `${callPolicy.pauseMilliseconds}ms` });
  for (const lead of ['', voice.again]) {
    say.addText(lead);
    for (const digit of message.code) {
      pause();
      say.addText(digit);
    }
    pause();
  }
  say.addText(voice.last);
  return response.toString();
}
