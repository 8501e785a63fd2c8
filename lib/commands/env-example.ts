import { writeFileSync } from 'node:fs';
import { exampleFile } from '../env-example';
import { settings } from '../settings/settings';

// npm run env:example: writes .env.local.example anew after a setting was added (a test holds the two equal).
writeFileSync('.env.local.example', exampleFile(settings));
