export { DELETE, GET, OPTIONS, PATCH, POST, PUT } from '../../api/users/token/refresh/route';
