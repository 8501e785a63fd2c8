export { DELETE, GET, OPTIONS, PATCH, POST, PUT } from '../api/health/route';
