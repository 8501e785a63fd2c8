import next from 'eslint-config-next/core-web-vitals';
import nextTypescript from 'eslint-config-next/typescript';

const isReact = (rule) => /^(react|react-hooks|jsx-a11y)\//.test(rule);
const reactRules = next.flatMap(({ rules = {} }) => Object.keys(rules).filter(isReact));

const config = [
  { ignores: ['.next*/**', 'node_modules/**', '.data/**', 'next-env.d.ts', 'test-results/**', 'playwright-report/**'] },
  ...next,
  ...nextTypescript,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // A leading underscore says that a value is taken out on purpose and not used.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Our images are three small static files; next/image would cost client JavaScript on the sign-in page.
      '@next/next/no-img-element': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  // There is no React here, and its rules take half the time.
  { files: ['lib/**', 'drizzle/**', 'e2e/**'], rules: Object.fromEntries(reactRules.map((rule) => [rule, 'off'])) },
  // Commands talk to a terminal.
  { files: ['lib/commands/**', 'e2e/**'], rules: { 'no-console': 'off' } },
];

export default config;
