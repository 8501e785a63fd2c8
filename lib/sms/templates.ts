/** Languages that messages are written in. */
export const messageLocales = ['en', 'hi', 'bn', 'uz', 'ru'] as const;
export type MessageLocale = (typeof messageLocales)[number];

type Filled = { app: string; code: string; life: string };

/** All that is said in one language. `verification` and `confirmation` stand before the line that browsers read. */
export type Template = {
  minutes(count: number): string;
  seconds(count: number): string;
  /** Signing in. */
  verification(filled: Filled): string;
  /**
   * Confirming that it's you, or that a number is to be an account's. Who talks a person out of this code must not be able to
   * say that it only signs in.
   */
  confirmation(filled: Filled): string;
  /** For voice calls, in words that there is a voice for; `tag` names its language. */
  spoken: { tag: string; intro(app: string): string; again: string; warning: string };
};

/** Uzbek as well: no voice that Twilio has speaks it, and Russian is understood there more widely than English. */
const spokenRussian: Template['spoken'] = {
  tag: 'ru-RU',
  intro: (app) => `Это ${app}. Ваш код:`,
  again: 'Повторяю:',
  warning: 'Никому не говорите этот код.',
};

/**
 * The texts, per language. Rules, held by message.test.ts:
 *
 * - The brand comes before the code: operators in Bangladesh drop codes without one.
 * - Nothing a user typed is in them. The code stands in them once, and once more in the last line.
 * - `en` and `uz` stay within GSM 03.38, one part for an ordinary brand and host. Uzbek is written in Latin letters with the
 *   ASCII apostrophe: the modifier letter (U+02BB) would turn the text into UCS-2 and cost a second part.
 * - `hi`, `bn` and `ru` are UCS-2, 70 characters a part, and say the same in so few words that it is one part where brand and
 *   host have 23 letters together (`Latchkey`, `app.example.com`), else two: a change of the account, the life, tell nobody.
 *   They stay in their own script: docs/decisions/0016.
 */
export const templates: Record<MessageLocale, Template> = {
  en: {
    minutes: (count) => (count === 1 ? '1 minute' : `${count} minutes`),
    seconds: (count) => `${count} seconds`,
    verification: ({ app, code, life }) =>
      `Your ${app} verification code is: ${code}\nValid for ${life}.\nDo not share this code with anyone.\n`,
    confirmation: ({ app, code, life }) =>
      `Your ${app} confirmation code is: ${code}\nValid for ${life}.\nIt can change your account: never share it.\n`,
    spoken: {
      tag: 'en-US',
      intro: (app) => `This is ${app}. Your code is:`,
      again: 'Once again:',
      warning: 'Do not share this code with anyone.',
    },
  },
  hi: {
    minutes: (count) => `${count} मिनट`,
    seconds: (count) => `${count} सेकंड`,
    verification: ({ app, code, life }) => `${app} कोड: ${code}\n${life}। किसी को न बताएँ।`,
    confirmation: ({ app, code, life }) => `${app} खाता बदलाव: ${code}\n${life}। न बताएँ।`,
    spoken: {
      tag: 'hi-IN',
      intro: (app) => `यह ${app} है। आपका कोड है:`,
      again: 'फिर से सुनिए:',
      warning: 'यह कोड किसी को न बताएँ।',
    },
  },
  bn: {
    minutes: (count) => `${count} মিনিট`,
    seconds: (count) => `${count} সেকেন্ড`,
    verification: ({ app, code, life }) => `${app} কোড: ${code}\n${life}। কাউকে বলবেন না।`,
    confirmation: ({ app, code, life }) => `${app} তথ্য বদল: ${code}\n${life}। বলবেন না।`,
    spoken: {
      tag: 'bn-IN',
      intro: (app) => `${app} থেকে বলছি। আপনার কোড:`,
      again: 'আবার শুনুন:',
      warning: 'এই কোড কাউকে বলবেন না।',
    },
  },
  uz: {
    minutes: (count) => `${count} daqiqa`,
    seconds: (count) => `${count} soniya`,
    verification: ({ app, code, life }) =>
      `${app} tasdiqlash kodi: ${code}\n${life} amal qiladi.\nUni hech kimga bermang.\n`,
    confirmation: ({ app, code, life }) =>
      `${app} amalni tasdiqlash kodi: ${code}\n${life} amal qiladi.\nHisobni o'zgartirishi mumkin: hech kimga bermang.\n`,
    spoken: spokenRussian,
  },
  ru: {
    minutes: (count) => `${count} мин`,
    seconds: (count) => `${count} сек`,
    verification: ({ app, code, life }) => `Код ${app} ${code}\n${life}, никому не говорите`,
    confirmation: ({ app, code, life }) => `Смена данных ${app}: ${code}\n${life}, никому!`,
    spoken: spokenRussian,
  },
};

/** The language to write in for a BCP 47 tag: `hi-IN` reads Hindi; English for what we have no words in, and for a malformed tag. */
export function messageLocale(tag: string): MessageLocale {
  try {
    const { language } = new Intl.Locale(tag);
    return messageLocales.find((locale) => locale === language) ?? 'en';
  } catch {
    return 'en';
  }
}
